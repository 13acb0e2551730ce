"""The consumer of the event queue: each event once, and what does not read is reported alone."""

import json
import unittest

import fake

SOURCE = "queue/events.py"


def record(message, body):
    return {"messageId": message, "body": body if isinstance(body, str) or body is None else json.dumps(body)}


class Events(unittest.TestCase):
    def setUp(self):
        self.table = fake.Table()
        self.module = fake.load(SOURCE, self.table, TABLE_NAME="the-table", KEEP_DAYS="30")

    def failed(self, *records):
        result, _ = fake.call(self.module, {"Records": list(records)})
        return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]

    def test_source_fits_into_a_template(self):
        self.assertLessEqual(fake.size(SOURCE), fake.MOST)

    def test_an_event_is_recorded_with_its_end(self):
        order = {"type": "order.placed", "id": "o-1", "total": 12.5}
        self.assertEqual(self.failed(record("m1", order)), [])
        item = self.table.items["o-1"]
        self.assertEqual(json.loads(item["event"]["S"]), order)
        self.assertEqual(int(item["expires_at"]["N"]) - int(item["recorded_at"]["N"]), 30 * 86_400)

    def test_a_repeated_delivery_is_recorded_once_and_is_no_failure(self):
        first = {"type": "order.placed", "id": "o-1", "try": 1}
        self.assertEqual(self.failed(record("m1", first), record("m2", {**first, "try": 2})), [])
        self.assertEqual(self.failed(record("m1", first)), [])
        self.assertEqual([json.loads(item["event"]["S"])["try"] for item in self.table.items.values()], [1])

    def test_only_what_does_not_read_is_reported(self):
        bodies = ["no json", "", None, "[]", "7", {"id": "x"}, {"type": "t"}, {"type": "T!", "id": "x"}, {"type": "t", "id": 7}]
        bodies += [{"type": "t", "id": "x" * 129}, {"type": "t\n", "id": "x"}, "[" * 100_000, {"type": "t", "id": "x", "big": "x" * 262_144}]
        records = [record(f"bad{i}", body) for i, body in enumerate(bodies)]
        good = record("good", {"type": "t", "id": "x"})
        self.assertEqual(self.failed(*records[:5], good, *records[5:]), [f"bad{i}" for i in range(len(bodies))])
        self.assertEqual(list(self.table.items), ["x"])

    def test_trouble_of_the_table_gives_the_message_back(self):
        self.table.down = True
        self.assertEqual(self.failed(record("m1", {"type": "t", "id": "x"})), ["m1"])
        self.table.down = False
        self.assertEqual(self.failed(record("m1", {"type": "t", "id": "x"})), [])

    def test_the_log_says_what_happened_without_the_contents(self):
        _, logged = fake.call(self.module, {"Records": [record("m1", {"type": "t", "id": "x", "secret": "s3cret"}), record("m2", "s3cret")]})
        self.assertEqual([line["outcome"] for line in logged], ["recorded", "failed"])
        self.assertNotIn("s3cret", json.dumps(logged))


if __name__ == "__main__":
    unittest.main()
