//! The schema and the resolvers of the GraphQL API, in AppSync's JavaScript.

use cfn::{Node, Val};

/// What can be asked.
pub const SCHEMA: &str = "\
type Order {
  id: ID!
  status: String!
  changed_at: String!
}

type Query {
  order(id: ID!): Order
  orders(ids: [ID!]!): [Order]!
}
";

/// The resolver of one order.
pub fn one() -> String {
    "\
import { util } from '@aws-appsync/utils';

export function request(ctx) {
  return { operation: 'GetItem', key: util.dynamodb.toMapValues({ id: ctx.args.id }) };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
"
    .to_owned()
}

/// The resolver of many orders: DynamoDB takes a hundred keys at once, and none twice. Answers stand in the order of the question.
pub fn many(table: &Val<String>) -> String {
    let table = table.node();
    let name = Node::as_str(table).unwrap_or_default();
    "\
import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const seen = {};
  const keys = [];
  for (const id of ctx.args.ids) {
    if (!seen[id]) {
      seen[id] = true;
      keys.push(util.dynamodb.toMapValues({ id }));
    }
  }
  if (keys.length < 1 || keys.length > 100) {
    util.error('ask for 1 to 100 orders', 'BadRequest');
  }
  return { operation: 'BatchGetItem', tables: { 'TABLE': { keys } } };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  const found = {};
  for (const order of ctx.result.data['TABLE']) {
    if (order) {
      found[order.id] = order;
    }
  }
  return ctx.args.ids.map((id) => found[id]);
}
"
    .replace("TABLE", name)
}
