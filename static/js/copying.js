/* A button that copies a text; where the browser does not allow that, the text is marked, ready for the person's own keys. */

export function offerCopy(button, text, shown) {
  const said = button.parentElement.querySelector("[data-copied]");
  button.addEventListener("click", async () => {
    said.textContent = "";
    said.textContent = (await copied(text())) ? said.dataset.done : marked(shown, said.dataset.marked);
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function marked(shown, sentence) {
  shown.closest("details")?.setAttribute("open", "");
  getSelection().selectAllChildren(shown);
  return sentence;
}
