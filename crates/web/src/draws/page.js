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
  await judge(verdict, program, documents, (standing) => {
    const shown = [...data.winners].sort((a, b) => a - b);
    const computed = [...standing.winners].sort((a, b) => a - b);
    const told = document.getElementById("told").textContent;
    return shown.join() === computed.join() && program.digestTexts(standing.digest).includes(told);
  });
  document.getElementById("files").addEventListener("change", async (event) => {
    const files = [...event.target.files].sort((a, b) => b.name.startsWith("receipt") - a.name.startsWith("receipt") || a.name.localeCompare(b.name, "en", { numeric: true }));
    const chosen = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
    if (chosen.length) await judge(document.getElementById("judged"), program, chosen, () => true);
  });
}

async function judge(place, program, [receipt, ...addenda], agrees) {
  tell(place, "busy", data.checking);
  try {
    const standing = await program.judge(receipt, addenda);
    if (!agrees(standing)) throw new program.Refused("result");
    tell(place, "good", `${data.holds} (${data.tickets}: ${standing.receipt.tickets})`);
  } catch (wrong) {
    tell(place, "bad", `${data.refused} ${wrong instanceof program.Refused ? wrong.message : "format"}`);
  }
}

function tell(place, kind, text) {
  place.className = kind;
  place.textContent = text;
}
