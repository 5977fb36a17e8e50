// Run with `node --test crates/simulator/page/tests/`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { entityTree } from "../entities.js";

const entity = (type, offset, length) => ({ type, offset, length });

/** `a[bold:b[italic:c]]d`: easy to read in an assertion. */
const drawn = (tree) => tree.map((node) => (typeof node === "string" ? node : `[${node.entity.type}:${drawn(node.children)}]`)).join("");
const draw = (text, ...entities) => drawn(entityTree(text, entities));

test("a text without entities is one string", () => {
  assert.deepEqual(entityTree("مرحبا", []), ["مرحبا"]);
});

test("offsets count UTF-16 units, so an emoji is two", () => {
  assert.equal(draw("🎉 سحب", entity("bold", 3, 3)), "🎉 [bold:سحب]");
});

test("an entity inside another is its child, whichever comes first in the list", () => {
  assert.equal(draw("abcd", entity("italic", 2, 1), entity("bold", 1, 2)), "a[bold:b[italic:c]]d");
  assert.equal(draw("ab", entity("bold", 0, 2), entity("italic", 0, 2)), "[bold:[italic:ab]]");
});

test("an entity that crosses the end of another goes on behind it", () => {
  assert.equal(draw("abcde", entity("bold", 0, 3), entity("italic", 2, 3)), "[bold:ab[italic:c]][italic:de]");
});

test("what does not fit the text is cut or left out, and no text is lost", () => {
  assert.equal(draw("abc", entity("bold", 1, 99), entity("code", 7, 1), entity("code", -1, 2), entity("code", 1, 0)), "a[bold:bc]");
});

test("neighbours stay apart", () => {
  assert.equal(draw("abc", entity("bold", 0, 1), entity("code", 1, 1)), "[bold:a][code:b]c");
});
