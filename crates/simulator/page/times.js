// Shows times (Unix seconds) in Arabic with Latin digits, in the browser's timezone.

const LOCALE = "ar-SA-u-ca-gregory-nu-latn";
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);

const hour = format({ hour: "numeric", minute: "2-digit" });
const day = format({ day: "numeric", month: "long", year: "numeric" });
const shortDay = format({ day: "numeric", month: "numeric", year: "2-digit" });
const full = format({ dateStyle: "full", timeStyle: "medium" });

const at = (seconds) => new Date(seconds * 1000);

export const hourOf = (seconds) => hour.format(at(seconds));
export const dayOf = (seconds) => day.format(at(seconds));
export const fullTime = (seconds) => full.format(at(seconds));

let latest = 0;

/** The hour for what is of the newest day seen, else the date: the clock may be the simulator's own. */
export function shortTime(seconds) {
  latest = Math.max(latest, seconds);
  return dayOf(seconds) === dayOf(latest) ? hourOf(seconds) : shortDay.format(at(seconds));
}
