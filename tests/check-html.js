// Checks pages as html-validate does: reads a line with the path of a folder, answers with a line of JSON that holds what is wrong in it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { formatterFactory, HtmlValidate } from "html-validate";
import config from "../.htmlvalidate.mjs";

const checker = new HtmlValidate(config);
const inWords = formatterFactory("text");

for await (const folder of createInterface({ input: process.stdin })) {
  const pages = readdirSync(folder).map((name) => join(folder, name));
  const report = await checker.validateMultipleFiles(pages);
  process.stdout.write(`${JSON.stringify({ pages: pages.length, wrong: inWords(report.results) })}\n`);
}
