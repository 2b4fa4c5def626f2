// Standard input: {"renderer": name, "documents": [...], "modules": folder}. Standard output: the pages, as a list.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { renderer, documents, modules } = JSON.parse(fs.readFileSync(0, "utf8"));

// import.meta.resolve searches next to this file; the packages may be elsewhere.
function entry(name) {
  const folder = path.join(modules, name);
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const pick = (target) =>
    typeof target === "string" ? target : pick(target.import ?? target.node ?? target.default ?? target.require);
  const target = manifest.exports
    ? pick(typeof manifest.exports === "string" ? manifest.exports : (manifest.exports["."] ?? manifest.exports))
    : (manifest.module ?? manifest.main ?? "index.js");
  return import(pathToFileURL(path.join(folder, target)).href);
}

const makers = {
  "markdown-it": async () => {
    const { default: MarkdownIt } = await entry("markdown-it");
    const converter = new MarkdownIt({ html: true, linkify: true });
    return (document) => converter.render(document);
  },
  marked: async () => {
    const { marked } = await entry("marked");
    return (document) => marked.parse(document);
  },
  micromark: async () => {
    const { micromark } = await entry("micromark");
    const { gfm, gfmHtml } = await entry("micromark-extension-gfm");
    const options = { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] };
    return (document) => micromark(document, options);
  },
};

const convert = await makers[renderer]();
process.stdout.write(JSON.stringify(documents.map((document) => convert(document))));
