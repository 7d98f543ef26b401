/* What is typed in a text area is printed as text: a browser would print the part of it that is in sight, on one sheet. */

addEventListener("beforeprint", () => {
  for (const field of document.querySelectorAll("main textarea")) {
    const words = document.createElement("div");
    words.className = "printed";
    words.dir = "auto";
    words.textContent = field.value;
    field.after(words);
  }
  const version = document.querySelector("form input[name=version]");
  const place = document.querySelector("[data-printed=version]");
  if (version && place) place.textContent = version.value;
});

addEventListener("afterprint", () => {
  for (const words of document.querySelectorAll(".printed")) words.remove();
});
