/* What is typed or chosen in a field is printed as text: a browser would print the part of it that is in sight, on one sheet. */

const FIELDS = "main :is(textarea, select, input:not([type]), input[type=text])";

addEventListener("beforeprint", () => {
  for (const field of document.querySelectorAll(FIELDS)) {
    const words = document.createElement("div");
    words.className = "printed";
    words.dir = "auto";
    words.textContent = field.matches("select") ? (field.selectedOptions[0]?.textContent ?? "") : field.value;
    field.after(words);
  }
  const version = document.querySelector("form input[name=version]");
  const place = document.querySelector("[data-printed=version]");
  if (version && place) place.textContent = version.value;
});

addEventListener("afterprint", () => {
  for (const words of document.querySelectorAll(".printed")) words.remove();
});
