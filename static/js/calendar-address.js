/* „Kalender abonnieren“: a button that copies the secret address; without it one press marks the whole address. */

import { offerCopy } from "./copying.js";

const address = document.querySelector("[data-address]");
const offer = document.querySelector("[data-offer]");

offerCopy(offer.querySelector("[data-copy]"), () => address.textContent, address);
offer.hidden = false;
