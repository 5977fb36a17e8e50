// Opens the page of a draw as a browser does, as far as its script can tell, and gives it files.
//
//     node reader.mjs page.html [file …]
//
// Prints what stands under the winners and under the files, each with its kind.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const [page, ...paths] = process.argv.slice(2);
const html = readFileSync(page, "utf8");
const between = (pattern) => html.match(pattern)[1];
let listening;
const ready = new Promise((resolve) => (listening = resolve));
const elements = {
  data: { textContent: between(/<script type="application\/json" id="data">(.*?)<\/script>/s) },
  told: { textContent: between(/<code id="told">(.*?)<\/code>/) },
  verdict: {},
  judged: {},
  files: { addEventListener: (_, listener) => listening(listener) },
};
globalThis.document = { getElementById: (id) => elements[id] };
// Node imports no blobs.
globalThis.Blob = class {
  constructor(parts) {
    this.text = parts.join("");
  }
};
const module = (text) => `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
URL.createObjectURL = ({ text }) => module(text);
await import(module(between(/<script type="module">(.*?)<\/script><\/body>/s)));
const choose = await ready;
const bytes = (path) => async () => new Uint8Array(readFileSync(path)).buffer;
await choose({ target: { files: paths.map((path) => ({ name: basename(path), arrayBuffer: bytes(path) })) } });
for (const { className, textContent } of [elements.verdict, elements.judged]) {
  console.log(`${className}: ${textContent}`);
}
