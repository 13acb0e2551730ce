"""The signup function: its three callers, what it refuses, and that it can be called again."""

import base64
import json
import unittest

import fake

SOURCE = "signup/signup.py"


def http(body, method="POST", **more):
    return {"version": "2.0", "requestContext": {"http": {"method": method}}, "body": body, "isBase64Encoded": False, **more}


def balancer(body, method="POST"):
    return {"requestContext": {"elb": {"targetGroupArn": "arn"}}, "httpMethod": method, "path": "/signup", "body": body, "isBase64Encoded": False}


class Signup(unittest.TestCase):
    def setUp(self):
        self.table = fake.Table()
        self.module = fake.load(SOURCE, self.table, TABLE_NAME="the-table", TABLE_REGION="us-east-1")

    def status(self, event):
        return fake.call(self.module, event)[0]["statusCode"]

    def test_source_fits_into_a_template(self):
        self.assertLessEqual(fake.size(SOURCE), fake.MOST)

    def test_every_caller_is_answered(self):
        encoded = base64.b64encode(b'{"email": "c@example.org"}').decode()
        calls = [http('{"email": "a@example.org"}'), balancer('{"email": "b@example.org"}'), http(encoded, isBase64Encoded=True), {"email": "d@example.org"}]
        self.assertEqual([self.status(call) for call in calls], [200] * 4)
        self.assertEqual(sorted(self.table.items), [f"{letter}@example.org" for letter in "abcd"])

    def test_a_repeated_delivery_answers_the_same_and_keeps_the_first(self):
        first, _ = fake.call(self.module, http('{"email": "Ann@Example.org "}'))
        kept = dict(self.table.items)
        again, logged = fake.call(self.module, http('{"email": "ann@example.ORG"}'))
        self.assertEqual(first, again)
        self.assertEqual(self.table.items, kept)
        self.assertEqual(list(kept), ["ann@example.org"])
        self.assertFalse(logged[0]["new"])

    def test_the_address_is_not_logged(self):
        for event in ({"email": "ann@example.org"}, {"email": "ann@example"}):
            _, logged = fake.call(self.module, event)
            self.assertEqual(len(logged), 1)
            self.assertNotIn("ann", json.dumps(logged))

    def test_addresses_that_are_none_are_refused(self):
        bad = ["", "ann", "@example.org", "ann@", "ann@example", "a b@example.org", "ann@@example.org", ".ann@example.org", "a..b@example.org"]
        bad += ["ann@-example.org", "ann@example-.org", "ann@example.1", "ann@example.org\nx", "x" * 65 + "@example.org", "ann@" + "x" * 64 + ".org"]
        bad += ["ann@" + "x." * 130 + "org", "\u212aann@example.org", "ann@ex\u00e4mple.org", 7, None, ["a@example.org"]]
        for address in bad:
            self.assertEqual(self.status({"email": address}), 400, address)
        self.assertEqual(self.table.items, {})

    def test_addresses_that_are_one_are_taken(self):
        for address in ["a@b.co", "o'neil+tag@mail.example.co.uk", "x" * 64 + "@example.org", "ann@xn--exmple-cua.org"]:
            self.assertEqual(self.status({"email": address}), 200, address)

    def test_malformed_requests_are_refused(self):
        bad = [http("no json"), http(None), http("[]"), http('"a@example.org"'), http("{}"), http("%%%", isBase64Encoded=True), http("[" * 1000)]
        bad += [http("/w==", isBase64Encoded=True), {}, [], None, "text"]
        for event in bad:
            self.assertEqual(self.status(event), 400, event)
        self.assertEqual(self.status(http("x" * 1025)), 413)
        self.assertEqual(self.status(http("x" * 100_000)), 413)

    def test_other_methods_are_refused(self):
        result, _ = fake.call(self.module, balancer("", method="GET"))
        self.assertEqual((result["statusCode"], result["headers"]["allow"]), (405, "POST"))
        self.assertEqual(self.status(http("", method="DELETE")), 405)

    def test_trouble_of_the_table_is_an_error_of_the_function(self):
        self.table.down = True
        with self.assertRaises(fake.ClientError):
            fake.call(self.module, {"email": "ann@example.org"})


if __name__ == "__main__":
    unittest.main()
