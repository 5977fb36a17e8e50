// Reads the marks that Telegram's apps accept in the composer: **bold**, __italic__, ~~strike~~, ||spoiler||,
// `code`, ```pre```.

const MARKS = [
  ["```", "pre"], ["**", "bold"], ["__", "italic"], ["~~", "strikethrough"], ["||", "spoiler"], ["`", "code"],
];

/** `{text, entities}` without the marks; a mark without its twin stays as it was typed. */
export function parseMarkup(typed) {
  const entities = [];
  let text = "";
  let at = 0;
  const open = new Map();
  while (at < typed.length) {
    const mark = MARKS.find(([sign]) => typed.startsWith(sign, at));
    const [sign, type] = mark ?? [];
    if (mark && open.has(type)) {
      const offset = open.get(type);
      open.delete(type);
      entities.push({ type, offset, length: text.length - offset });
      at += sign.length;
    } else if (mark && hasTwin(typed, at + sign.length, sign)) {
      open.set(type, text.length);
      at += sign.length;
      if (type === "code" || type === "pre") { // nothing inside code is a mark
        const close = typed.indexOf(sign, at);
        text += typed.slice(at, close);
        at = close;
      }
    } else {
      text += typed[at];
      at += 1;
    }
  }
  return { text, entities: entities.filter((e) => e.length > 0).sort((a, b) => a.offset - b.offset || b.length - a.length) };
}

const hasTwin = (typed, from, sign) => typed.indexOf(sign, from) > from;
