#!/usr/bin/env python3
"""Verifies draws of Qura from their receipts, as docs/draw-v1.md says. Needs Python 3.8 and nothing else.

    python3 verify.py receipt.json [addendum-1.json …] [--digest DIGEST] [--opening opening.json]
    python3 verify.py --vectors vectors.json

The digest is the one in the channel; of a draw with addenda, that of the last one.
"""

import argparse
import base64
import functools
import hashlib
import json
import re
import sys

import beacon

KEY = re.compile(r"[a-z0-9_]+\Z")
NUMBER = re.compile(r"(0|-?[1-9][0-9]*)\Z")
REASON = re.compile(r"(void|left|no_premium|declined|timeout|redrawn|condition_[1-9][0-9]{0,2})\Z")
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16


class Refused(Exception):
    """Why a document is not believed, by the name that every implementation uses."""


def require(holds, refusal):
    if not holds:
        raise Refused(refusal)


# What is hashed.


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u64(number):
    return number.to_bytes(8, "big")


def commitment(code, mode, secret):
    return H(b"qura/1/commit", code.encode(), bytes([mode]), secret)


def salt(key, ticket):
    return H(b"qura/1/salt", key, u64(ticket))[:16]


def leaf(salt, ticket, user, eligible):
    return H(b"\0", salt, u64(ticket), u64(user), bytes([eligible]))


def tree(leaves):
    """The root, with complete subtrees kept in a stack."""
    stack = []
    for one in leaves:
        stack.append((1, one))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            join(stack)
    while len(stack) > 1:
        join(stack)
    return stack[0][1] if stack else H()


def join(stack):
    (right_size, right), (left_size, left) = stack.pop(), stack.pop()
    stack.append((left_size + right_size, H(b"\1", left, right)))


def freeze_hash(receipt, freeze):
    return H(
        b"qura/1/freeze",
        bytes.fromhex(receipt["commitment"]),
        bytes.fromhex(receipt["root"]),
        u64(receipt["tickets"]),
        u64(receipt["winners_wanted"]),
        u64(receipt["reserves_wanted"]),
        H(receipt["terms"].encode()),
        u64(freeze["round"] or 0),
        u64(freeze["attempt"]),
    )


def order(seed, tickets):
    """The tickets in the order in which they are candidates."""
    moved, counter = {}, 0
    for i in range(tickets):
        m = tickets - i
        while True:
            x = int.from_bytes(H(b"qura/1/num", seed, u64(counter))[:8], "big")
            counter += 1
            if x < 2**64 - 2**64 % m:
                break
        j = i + x % m
        chosen = moved.pop(j, j + 1)
        if j != i:
            moved[j] = moved.pop(i, i + 1)
        yield chosen


# The canonical text, and what a document must have.


def canonical(value):
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        require(abs(value) <= MAX_INTEGER, "format")
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    require(isinstance(value, dict) and all(KEY.match(key) for key in value), "format")
    return "{" + ",".join(f'"{key}":{canonical(value[key])}' for key in sorted(value)) + "}"


def parsed(text):
    """What a text says as JSON, its arrays and objects not too deep in one another."""
    value = json.loads(text)
    require(is_within(value, MAX_DEPTH), "format")
    return value


def is_within(value, depth):
    if not isinstance(value, (list, dict)):
        return True
    items = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(is_within(item, depth - 1) for item in items)


def integer(low=0, high=MAX_INTEGER):
    return lambda value: type(value) is int and low <= value <= high


def hexadecimal(size):
    pattern = re.compile(r"[0-9a-f]{%d}\Z" % (2 * size))
    return lambda value: isinstance(value, str) and bool(pattern.match(value))


def one_of(*choices):
    return lambda value: isinstance(value, str) and value in choices


def nullable(check):
    return lambda value: value is None or check(value)


def array(check):
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def fields(**checks):
    return lambda value: (
        isinstance(value, dict) and set(value) == set(checks) and all(checks[key](value[key]) for key in checks)
    )


def is_code(value):
    return isinstance(value, str) and bool(re.match(r"[A-Za-z0-9]{8}\Z", value))


def is_id(value):
    return isinstance(value, str) and bool(NUMBER.match(value)) and -(2**63) <= int(value) < 2**63


def is_reason(value):
    """The number of a condition is 255 at most."""
    if not isinstance(value, str) or not REASON.match(value):
        return False
    return not value.startswith("condition_") or int(value[10:]) <= 255


def is_outcome(value):
    return value in ("winner", "reserve") or is_reason(value)


def is_terms(value):
    if not isinstance(value, str):
        return False
    terms = parsed(value)
    is_number = integer(0, 2**32 - 1)
    return (
        isinstance(terms, dict)
        and canonical(terms) == value
        and is_number(terms.get("winners"))
        and is_number(terms.get("reserves"))
    )


TIME = integer(-MAX_INTEGER)
U32 = integer(0, 2**32 - 1)
TICKET = integer()
ROUND = integer(1, 2**48)
HASH = hexadecimal(32)
STATUS = one_of("inside", "left", "removed", "unchecked")
CANDIDATE = fields(ticket=TICKET, outcome=is_outcome, status=STATUS, at=TIME)
POST = fields(chat=is_id, message=integer(-MAX_INTEGER), date=TIME)
FREEZE = fields(attempt=U32, hash=HASH, round=nullable(ROUND), post=nullable(POST))
DOCUMENTS = {
    "receipt": fields(
        kind=one_of("receipt"),
        version=integer(1, 1),
        code=is_code,
        mode=integer(0, 1),
        commitment=HASH,
        secret=HASH,
        terms=is_terms,
        root=HASH,
        tickets=TICKET,
        winners_wanted=U32,
        reserves_wanted=U32,
        freezes=array(FREEZE),
        beacon=nullable(fields(round=ROUND, signature=hexadecimal(48))),
        walk=array(CANDIDATE),
        winners=array(TICKET),
        reserves=array(TICKET),
        skips=integer(),
        published_at=TIME,
        frozen_at=TIME,
        drawn_at=TIME,
        reopens=nullable(HASH),
    ),
    "addendum": fields(
        kind=one_of("addendum"),
        version=integer(1, 1),
        code=is_code,
        number=U32,
        before=HASH,
        replaced=TICKET,
        reason=is_reason,
        status=STATUS,
        note=nullable(lambda value: isinstance(value, str)),
        walk=array(CANDIDATE),
        heir=nullable(TICKET),
        at=TIME,
    ),
}
OPENING = fields(
    ticket=TICKET,
    user=is_id,
    eligible=lambda value: isinstance(value, bool),
    salt=hexadecimal(16),
    tickets=TICKET,
    proof=array(HASH),
)


def read(kind, data):
    """A document out of its bytes, which must be the canonical ones."""
    try:
        text = data.decode("utf-8")
        document = parsed(text)
        header = document if isinstance(document, dict) else {}
        known = header.get("kind") == kind and type(header.get("version")) is int and header["version"] == 1
        require(known, "version")
        require(DOCUMENTS[kind](document) and canonical(document) == text, "format")
        return document
    except (ValueError, RecursionError) as wrong:
        raise Refused("format") from wrong


# The rules.


def round_time(number):
    return 1692803367 + 3 * (number - 1)


def in_time(freeze):
    return bool(
        freeze["round"] and freeze["post"] and freeze["post"]["date"] <= round_time(freeze["round"]) - 30
    )


def check_freezes(receipt):
    freezes, with_beacon = receipt["freezes"], receipt["mode"] == 1
    if not freezes:
        require(receipt["tickets"] == 0 and receipt["root"] == H().hex(), "attempts")
        return
    require(receipt["tickets"] > 0, "attempts")
    require([freeze["attempt"] for freeze in freezes] == list(range(len(freezes))), "attempts")
    rounds = [freeze["round"] for freeze in freezes]
    if with_beacon:
        require(None not in rounds and all(a < b for a, b in zip(rounds, rounds[1:])), "attempts")
    else:
        require(rounds == [None], "attempts")
    for freeze in freezes:
        require(freeze_hash(receipt, freeze).hex() == freeze["hash"], "freeze")
    if with_beacon:
        require(not any(in_time(freeze) for freeze in freezes[:-1]), "discarded_freeze")
        require(in_time(freezes[-1]), "late_freeze")


@functools.lru_cache(maxsize=None)
def is_signed(round, signature):
    return beacon.is_signed(round, signature)


def randomness(receipt):
    named = receipt["freezes"][-1]["round"] if receipt["freezes"] else None
    used = receipt["beacon"]
    require((used["round"] if used else None) == named, "beacon")
    if not used:
        return b""
    signature = bytes.fromhex(used["signature"])
    require(is_signed(used["round"], signature), "beacon")
    return H(signature)


def walk(candidates, order, winners, reserves):
    """Follows the candidates along the order, which is left where they end."""
    places = {"winner": winners, "reserve": reserves}
    following = next(order, None)
    for candidate in candidates:
        require(candidate["ticket"] == following, "order")
        place = "winner" if places["winner"] else "reserve"
        require(places[place] > 0, "end")
        outcome, status = candidate["outcome"], candidate["status"]
        if outcome in places:
            require(outcome == place and status != "left", "outcome")
            places[place] -= 1
        else:
            require(outcome != "redrawn" and (outcome != "left" or status == "left"), "outcome")
        following = next(order, None)
    require(following is None or not any(places.values()), "end")
    return following


def with_outcome(candidates, outcome):
    return [candidate["ticket"] for candidate in candidates if candidate["outcome"] == outcome]


class Standing:
    """Who has won, after a receipt and its addenda."""

    def __init__(self, data):
        receipt = read("receipt", data)
        told = commitment(receipt["code"], receipt["mode"], bytes.fromhex(receipt["secret"]))
        require(told.hex() == receipt["commitment"], "commitment")
        terms = json.loads(receipt["terms"])
        require(terms["winners"] == receipt["winners_wanted"], "terms")
        require(terms["reserves"] == receipt["reserves_wanted"], "terms")
        check_freezes(receipt)
        random = randomness(receipt)
        self.seed = None
        if receipt["freezes"]:
            freeze = bytes.fromhex(receipt["freezes"][-1]["hash"])
            self.seed = H(b"qura/1/seed", bytes.fromhex(receipt["secret"]), freeze, random)
        line = order(self.seed, receipt["tickets"])
        candidates = receipt["walk"]
        following = walk(candidates, line, receipt["winners_wanted"], receipt["reserves_wanted"])
        require(receipt["winners"] == with_outcome(candidates, "winner"), "result")
        require(receipt["reserves"] == with_outcome(candidates, "reserve"), "result")
        skipped = [c for c in candidates if c["outcome"] not in ("winner", "reserve")]
        require(receipt["skips"] == len(skipped), "result")
        self.receipt, self.winners, self.line = receipt, list(receipt["winners"]), line
        self.waiting = receipt["reserves"] + ([following] if following else [])
        self.digest, self.number = H(data), 0

    def heirs(self):
        while self.waiting:
            yield self.waiting.pop(0)
        # Not `yield from`: where this generator is dropped, that would close the line for all addenda to come.
        for ticket in self.line:
            yield ticket

    def apply(self, data):
        """The next addendum. After a refusal, nothing here is to be used."""
        addendum = read("addendum", data)
        follows = (addendum["code"], addendum["number"]) == (self.receipt["code"], self.number + 1)
        require(follows and addendum["before"] == self.digest.hex(), "chain")
        require(addendum["replaced"] in self.winners, "replaced")
        reason, status = addendum["reason"], addendum["status"]
        require(reason != "void" and (reason != "left" or status == "left"), "outcome")
        following = walk(addendum["walk"], self.heirs(), 1, 0)
        heir = (with_outcome(addendum["walk"], "winner") or [None])[0]
        require(heir == addendum["heir"], "result")
        if following:
            self.waiting.insert(0, following)
        place = self.winners.index(addendum["replaced"])
        self.winners[place : place + 1] = [heir] if heir else []
        self.digest, self.number = H(data), self.number + 1


def opens(opening, root):
    """Whether the opening's participant is in the tree with this root: RFC 9162, 2.1.3.2."""
    if not OPENING(opening) or not 1 <= opening["ticket"] <= opening["tickets"]:
        return False
    user, index, last = int(opening["user"]), opening["ticket"] - 1, opening["tickets"] - 1
    hash = leaf(bytes.fromhex(opening["salt"]), opening["ticket"], user, opening["eligible"])
    for sibling in map(bytes.fromhex, opening["proof"]):
        if last == 0:
            return False
        if index % 2 or index == last:
            hash = H(b"\1", sibling, hash)
            while index and not index % 2:
                index, last = index // 2, last // 2
        else:
            hash = H(b"\1", hash, sibling)
        index, last = index // 2, last // 2
    return last == 0 and hash == root


# The vectors.


def must(holds, what="a vector does not hold"):
    if not holds:
        raise AssertionError(what)


def check_draw(draw):
    standing = Standing(draw["receipt"]["text"].encode())
    must(standing.digest.hex() == draw["receipt"]["digest"])
    must((standing.seed.hex() if standing.seed else None) == draw["seed"])
    people, key = draw["people"], bytes.fromhex(draw["salt_key"])
    withdrawn = set(people["withdrawn"])
    users = [people["first_user"] + people["step"] * at for at in range(people["tickets"])]
    leaves = (leaf(salt(key, t), t, user, t not in withdrawn) for t, user in enumerate(users, 1))
    root = tree(leaves)
    must(root.hex() == standing.receipt["root"])
    seen = list(standing.receipt["walk"])
    for addendum in draw["addenda"]:
        standing.apply(addendum["text"].encode())
        must(standing.digest.hex() == addendum["digest"])
        seen += json.loads(addendum["text"])["walk"]
    for candidate in seen:
        must((candidate["outcome"] == "void") == (candidate["ticket"] in withdrawn))
    must(standing.winners == draw["winners"])
    for opening in draw["openings"]:
        must(opens(opening, root))
        must(not opens({**opening, "eligible": not opening["eligible"]}, root))


def check_forgery(forgery):
    try:
        standing = Standing(forgery["receipt"].encode())
        for addendum in forgery["addenda"]:
            standing.apply(addendum.encode())
    except Refused as refused:
        must(str(refused) == forgery["refusal"], f"{forgery['name']}: {refused}")
    else:
        raise AssertionError(f"{forgery['name']}: believed")


def check_vectors(vectors):
    for round in vectors["rounds"]:
        signature = bytes.fromhex(round["signature"])
        must(round_time(round["round"]) == round["time"])
        must(H(signature).hex() == round["randomness"] and is_signed(round["round"], signature))
    for case in vectors["orders"]:
        line = order(bytes.fromhex(case["seed"]), int(case["tickets"]))
        must([str(next(line)) for _ in case["order"]] == case["order"], case["tickets"])
        must(len(case["order"]) == 40 or next(line, None) is None)
    for draw in vectors["draws"]:
        check_draw(draw)
    for forgery in vectors["forgeries"]:
        check_forgery(forgery)
    return ", ".join(f"{len(vectors[part])} {part}" for part in ("rounds", "orders", "draws", "forgeries"))


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def verify(arguments):
    standing = Standing(bytes_of(arguments.documents[0]))
    for path in arguments.documents[1:]:
        standing.apply(bytes_of(path))
    short = base64.urlsafe_b64encode(standing.digest).decode().rstrip("=")
    if arguments.digest:
        require(arguments.digest in (standing.digest.hex(), short), "digest")
    receipt = standing.receipt
    print(f"skipped candidates: {receipt['skips']}")
    print(f"winners, by ticket: {', '.join(map(str, standing.winners)) or 'none'}")
    print(f"tickets: {receipt['tickets']}; mode: {receipt['mode']}")
    print(f"digest: {short}")
    if receipt["mode"] == 0:
        print("mode 0: whoever runs the bot could have known the result beforehand")
    if arguments.opening:
        opening = json.loads(bytes_of(arguments.opening))
        require(opens(opening, bytes.fromhex(receipt["root"])), "opening")
        require(opening["tickets"] == receipt["tickets"], "opening")
        print(f"ticket {opening['ticket']} took part, eligible: {'yes' if opening['eligible'] else 'no'}")


def main():
    parser = argparse.ArgumentParser(description="Verifies draws of Qura from their receipts.")
    parser.add_argument("documents", nargs="*", help="the receipt, then its addenda")
    parser.add_argument("--digest", help="as the channel shows it")
    parser.add_argument("--opening", help="the proof of your own ticket")
    parser.add_argument("--vectors", help="checks this program against docs/draw/vectors.json")
    arguments = parser.parse_args()
    try:
        if arguments.vectors:
            print("all hold:", check_vectors(json.loads(bytes_of(arguments.vectors))))
        elif arguments.documents:
            verify(arguments)
        else:
            parser.error("name a receipt")
    except Refused as refused:
        sys.exit(f"refused: {refused}")


if __name__ == "__main__":
    main()
