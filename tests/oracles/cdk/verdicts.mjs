// What the AWS CDK says of the difference between two templates, for many pairs of them in one process.
//
//   node verdicts.mjs PAIRS [MODULES]
//
// PAIRS is a file with one `{"name", "from", "to"}` a line, or a folder of files that hold one each. MODULES is the folder whose
// `node_modules` has @aws-cdk/cloudformation-diff; by default the current one. One line is printed for each pair:
// `{"name", "resources": {"<logical ID>": {"impact": "WILL_REPLACE", "by": {"<property>": "WILL_REPLACE"}, "attributes": ["DependsOn"]}}}`.

import { createReadStream, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const [path, modules = '.'] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: node verdicts.mjs PAIRS [MODULES]');
  process.exit(64);
}
const { fullDiff, TemplateDiff } = createRequire(resolve(modules, 'package.json'))('@aws-cdk/cloudformation-diff');

async function* pairs() {
  if (statSync(path).isDirectory()) {
    for (const file of readdirSync(path).filter((name) => name.endsWith('.json')).sort()) {
      yield JSON.parse(readFileSync(join(path, file), 'utf8'));
    }
    return;
  }
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line.trim() !== '') yield JSON.parse(line);
  }
}

// The package looks at permissions too, and throws where a policy document is none. No impact comes from that look, so it is left out
// where it fails.
function difference(from, to) {
  try {
    return fullDiff(from, to);
  } catch {
    const { scrutinizablePropertyChanges, scrutinizableResourceChanges } = TemplateDiff.prototype;
    Object.assign(TemplateDiff.prototype, { scrutinizablePropertyChanges: () => [], scrutinizableResourceChanges: () => [] });
    try {
      return fullDiff(from, to);
    } finally {
      Object.assign(TemplateDiff.prototype, { scrutinizablePropertyChanges, scrutinizableResourceChanges });
    }
  }
}

function verdicts({ name, from, to }) {
  const resources = {};
  difference(from, to).resources.forEachDifference((logicalId, change) => {
    // Property updates exist only where the type stayed; CDK calls a property of a type that it does not know NO_CHANGE.
    const by = Object.fromEntries(Object.entries(change.propertyUpdates).map(([property, { changeImpact }]) => [property, changeImpact]));
    resources[logicalId] = { impact: change.changeImpact, by, attributes: Object.keys(change.otherChanges) };
  });
  return { name, resources };
}

for await (const pair of pairs()) {
  let answer;
  try {
    answer = verdicts(pair);
  } catch (error) {
    answer = { name: pair.name, error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
