/* Days and times in words, in Germany wherever the device is, and as the server writes them (moments.py).
   For example „Samstag, 28. November um 9:05“. */
export function moment(at) {
  const day = format({ weekday: "long", day: "numeric", month: "long" }, at);
  const clock = format({ hour: "numeric", minute: "2-digit" }, at);
  return `${day} um ${clock.replace(/^0(?=\d)/, "")}`;
}

function format(parts, at) {
  return new Intl.DateTimeFormat("de-DE", { ...parts, timeZone: "Europe/Berlin" }).format(at);
}
