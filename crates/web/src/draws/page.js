// Recomputes the draw from the documents in the page, and any others that the reader chooses.

const data = JSON.parse(document.getElementById("data").textContent);
if (data) start();

async function start() {
  const verdict = document.getElementById("verdict");
  let program;
  try {
    // Browsers compute SHA-256 on https pages and on localhost only.
    if (!globalThis.crypto?.subtle) throw new Error("no WebCrypto");
    const module = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    program = await import(module(data.verify.replace("./beacon.mjs", module(data.beacon))));
  } catch {
    tell(verdict, "", data.unable);
    return;
  }
  const bytes = (text) => new TextEncoder().encode(text);
  const documents = data.documents.map(bytes);
  await judge(verdict, program, documents, (standing, digest) => {
    const shown = [...data.winners].sort((a, b) => a - b);
    const computed = [...standing.winners].sort((a, b) => a - b);
    const told = document.getElementById("told").textContent;
    if (shown.join() !== computed.join() || digest !== told) throw new program.Refused("result");
    return ["good", data.holds];
  });
  document.getElementById("files").addEventListener("change", async (event) => {
    const files = [...event.target.files].sort((a, b) => b.name.startsWith("receipt") - a.name.startsWith("receipt") || a.name.localeCompare(b.name, "en", { numeric: true }));
    const chosen = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
    if (chosen.length) await judge(document.getElementById("judged"), program, chosen, whose);
  });
}

// A file proves itself only: whose it is, its digest tells.
function whose(_, digest) {
  if (digest === data.digests.at(-1)) return ["good", data.holds];
  return data.digests.includes(digest) ? ["busy", data.earlier] : ["bad", data.other];
}

async function judge(place, program, [receipt, ...addenda], meaning) {
  tell(place, "busy", data.checking);
  try {
    const standing = await program.judge(receipt, addenda);
    const { code, tickets } = standing.receipt;
    const digest = program.digestTexts(standing.digest)[1];
    const [kind, text] = meaning(standing, digest);
    const facts = [[data.code, code], [data.tickets, tickets], [data.digest, digest]];
    // Between isolates, a value does not turn the line that it stands in.
    const told = facts.map(([name, value]) => `${name}: \u2068${value}\u2069`);
    tell(place, kind, `${text} ${told.join(" · ")}`);
  } catch (wrong) {
    const name = wrong instanceof program.Refused ? wrong.message : "format";
    tell(place, "bad", `${data.refused} ${data.refusals[name]} (${name})`);
  }
}

function tell(place, kind, text) {
  place.className = kind;
  place.textContent = text;
}
