"""A code host on this machine for the scripts of pipelines: `codehost.py gh|curl|jq|apk|scalectl ARGUMENT…`.

The comments of one pull request are in $CODEHOST/comments.json, every write in $CODEHOST/calls, one a line. What the real programs would refuse,
or what is not known here, ends with exit code 2, so a script cannot pass by being misunderstood.
"""

import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jq

PLACE = Path(os.environ["CODEHOST"])
COMMENTS = PLACE / "comments.json"
PER_PAGE = 100


def options(arguments, flags, valued):
    """Flags, values by name, and what is left; anything unknown is refused."""
    seen, values, rest = set(), {}, []
    arguments = iter(arguments)
    for argument in arguments:
        if argument in flags:
            seen.add(argument)
        elif argument in valued:
            values[argument] = tuple(next(arguments) for _ in range(valued[argument]))
        elif argument.startswith("-"):
            refuse(f"unknown option {argument}")
        else:
            rest.append(argument)
    return seen, values, rest


def refuse(why):
    print(f"codehost: {why}", file=sys.stderr)
    sys.exit(2)


def comments():
    return json.loads(COMMENTS.read_text())


def write(method, place, body, owner):
    with (PLACE / "calls").open("a") as calls:
        print(f"{method} {place}", file=calls)
    there = comments()
    if method == "POST":
        there.append({"id": 1000 + len(there), **owner, "body": body})
    else:
        number = int(place.rsplit("/", 1)[1])
        [comment] = [one for one in there if one["id"] == number]
        comment["body"] = body
    COMMENTS.write_text(json.dumps(there))


def gh(arguments):
    if os.environ.get("GH_TOKEN") != "token of the run" or arguments[0] != "api":
        refuse("gh wants its token and only answers api")
    seen, values, rest = options(arguments[1:], {"--paginate", "--silent"}, {"--jq": 1, "--method": 1, "-F": 1})
    [address] = rest
    address = urlsplit(address)
    [method] = values.get("--method", ("GET",))
    if method == "GET" and re.fullmatch(r"repos/acme/shop/issues/7/comments", address.path):
        every = comments()
        pages = [every[at : at + PER_PAGE] for at in range(0, len(every), PER_PAGE)] or [[]]
        for page in pages if "--paginate" in seen else pages[:1]:
            for found in jq.compile(values["--jq"][0]).input_value(page).all():
                print(found if isinstance(found, str) else json.dumps(found))
    elif (method, address.path) == ("POST", "repos/acme/shop/issues/7/comments") or (
        method == "PATCH" and re.fullmatch(r"repos/acme/shop/issues/comments/\d+", address.path)
    ):
        name, _, file = values["-F"][0].partition("=@")
        if name != "body":
            refuse(f"-F {values['-F']}")
        write(method, address.path, Path(file).read_text(), {"user": {"login": "github-actions[bot]"}})
    else:
        refuse(f"{method} {address.path}")


def curl(arguments):
    plain, valued = {"--fail", "--silent", "--show-error"}, {"--header": 1, "--request": 1, "--data": 1, "--output": 1}
    _, values, rest = options(arguments, plain, valued)
    if "PRIVATE-TOKEN: token of the project\n" not in Path(values["--header"][0].removeprefix("@")).read_text():
        refuse("no token")
    [address] = rest
    address = urlsplit(address)
    [method] = values.get("--request", ("GET",))
    notes = "/api/v4/projects/3/merge_requests/7/notes"
    if (method, address.path) == ("GET", "/api/v4/user"):
        print(json.dumps({"id": 42}))
    elif (method, address.path) == ("GET", notes):
        page = int(parse_qs(address.query)["page"][0])
        print(json.dumps(comments()[(page - 1) * PER_PAGE : page * PER_PAGE]))
    elif (method, address.path) == ("POST", notes) or (method == "PUT" and re.fullmatch(notes + r"/\d+", address.path)):
        body = json.loads(Path(values["--data"][0].removeprefix("@")).read_text())["body"]
        write(method, address.path, body, {"author": {"id": 42}})
    else:
        refuse(f"{method} {address.path}")


def run_jq(arguments):
    seen, values, rest = options(arguments, {"--raw-input", "--slurp"}, {"--arg": 2, "--argjson": 2})
    program, file = rest
    known = {}
    if "--arg" in values:
        known[values["--arg"][0]] = values["--arg"][1]
    if "--argjson" in values:
        known[values["--argjson"][0]] = json.loads(values["--argjson"][1])
    text = Path(file).read_text()
    given = text if seen == {"--raw-input", "--slurp"} else json.loads(text)
    for found in jq.compile(program, args=known).input_value(given).all():
        print(json.dumps(found))


def scalectl(arguments):
    """Writes down how it was called and ends as $ENDS says for its verb; diff writes its file."""
    with (PLACE / "calls").open("a") as calls:
        print(*arguments, file=calls)
    if "-o" in arguments and arguments[0] == "diff":
        Path(arguments[arguments.index("-o") + 1]).write_text("<!-- scalectl-diff -->\n### what changes\n")
    sys.exit(int(json.loads(os.environ.get("ENDS", "{}")).get(arguments[0], 0)))


if __name__ == "__main__":
    programs = {"gh": gh, "curl": curl, "jq": run_jq, "apk": lambda arguments: None, "scalectl": scalectl}
    programs[sys.argv[1]](sys.argv[2:])
