/* Knows which pages of the portal are open in this browser. A page holds a lock under its name as long as it lives,
   however it ends; where the browser knows no locks (an address without https), every other page counts as gone. */

/* Holds the name of a page; returns what ends it. */
export function hold(page, locks = globalThis.navigator?.locks) {
  let end = () => {};
  const gone = new Promise((resolve) => {
    end = resolve;
  });
  locks?.request(name(page), () => gone).catch(() => {});
  return end;
}

/* Resolves when no page of this name is open, at once if none is. */
export async function whenGone(page, locks = globalThis.navigator?.locks) {
  if (page && locks) await locks.request(name(page), { mode: "shared" }, () => {}).catch(() => {});
}

function name(page) {
  return `schmiede:${page}`;
}
