/* „Samstag, 28. November um 14:03“ */
export function moment(at) {
  const parts = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat("de-DE", parts).format(at);
}
