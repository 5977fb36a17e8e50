// Run with `node --test crates/simulator/page/tests/`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMarkup } from "../markup.js";

const parsed = (typed) => {
  const { text, entities } = parseMarkup(typed);
  return [text, ...entities.map(({ type, offset, length }) => `${type}:${text.slice(offset, offset + length)}`)];
};

test("each mark makes its entity", () => {
  assert.deepEqual(parsed("**غامق** __مائل__ ~~مشطوب~~ ||مخفي|| `AB12`"),
    ["غامق مائل مشطوب مخفي AB12", "bold:غامق", "italic:مائل", "strikethrough:مشطوب", "spoiler:مخفي", "code:AB12"]);
});

test("marks nest", () => {
  assert.deepEqual(parsed("**a __b__**"), ["a b", "bold:a b", "italic:b"]);
});

test("nothing inside code is a mark", () => {
  assert.deepEqual(parsed("`a **b** c`"), ["a **b** c", "code:a **b** c"]);
  assert.deepEqual(parsed("```x = `1` ```"), ["x = `1` ", "pre:x = `1` "]);
});

test("a mark without its twin, or with nothing between, stays", () => {
  assert.deepEqual(parsed("2 ** 3"), ["2 ** 3"]);
  assert.deepEqual(parsed("****"), ["****"]);
  assert.deepEqual(parsed("a `b"), ["a `b"]);
});

test("offsets after an emoji count UTF-16 units", () => {
  assert.deepEqual(parseMarkup("🎉 **س**").entities, [{ type: "bold", offset: 3, length: 1 }]);
});
