// Standard input: {"renderer": name, "documents": [...], "modules": folder}. Standard output: the pages, as a list,
// with {"error": message} for a document that the renderer cannot build.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { renderer, documents, modules } = JSON.parse(fs.readFileSync(0, "utf8"));

// import() searches next to this file; the packages may be elsewhere.
const require = createRequire(path.join(modules, "resolve.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const loadDefault = async (name) => (await load(name)).default;
const loadFile = (file) => import(pathToFileURL(path.join(modules, file)).href);

// micromark and markdown-it have other entries for `require` than for `import`.
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

async function react() {
  process.env.NODE_ENV = "production"; // before React is loaded, or it warns
  const { createElement } = await load("react");
  const { renderToStaticMarkup } = await load("react-dom/server");
  return { runtime: await load("react/jsx-runtime"), createElement, renderToStaticMarkup };
}

// The options of Docusaurus 3 for the pages of a site. That images and links exist is the site's concern.
async function docusaurus(extension, format) {
  const { runtime, createElement, renderToStaticMarkup } = await react();
  const { run } = await load("@mdx-js/mdx");
  const { compileToJSX } = require("@docusaurus/mdx-loader/lib/utils.js");
  const { DEFAULT_PARSE_FRONT_MATTER: parseFrontMatter } = require("@docusaurus/utils");
  const options = {
    siteDir: modules,
    staticDirs: [],
    admonitions: true,
    markdownConfig: {
      format,
      mermaid: false,
      emoji: true,
      mdx1Compat: { comments: true, admonitions: true, headingIds: true },
      anchors: { maintainCase: false },
      hooks: { onBrokenMarkdownImages: "ignore", onBrokenMarkdownLinks: "ignore" },
    },
    outputFormat: "function-body", // so that the page can run here; Docusaurus leaves that to webpack
  };
  const components = { Details: "details", Head: () => null, admonition: "aside" };
  const filePath = path.join(modules, `page.${extension}`);
  return async (fileContent) => {
    const { frontMatter } = await parseFrontMatter({ filePath, fileContent });
    const page = await compileToJSX({ filePath, fileContent, frontMatter, options, compilerName: "server" }).catch(
      (error) => Promise.reject(error.cause ?? error), // MDX's own message
    );
    const { default: Page } = await run(page.content, { ...runtime, useMDXComponents: () => components });
    return renderToStaticMarkup(createElement(Page));
  };
}

async function remark(markdownPlugins, htmlPlugins = []) {
  const { unified } = await load("unified");
  const processor = unified()
    .use(await loadDefault("remark-parse"))
    .use(await loadDefault("remark-gfm"))
    .use(markdownPlugins)
    .use(await loadDefault("remark-rehype"), { allowDangerousHtml: true })
    .use(await loadDefault("rehype-raw"))
    .use(htmlPlugins)
    .use(await loadDefault("rehype-stringify"));
  return async (document) => String(await processor.process(document));
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

  // The second circle
  mdx: async () => {
    const { runtime, createElement, renderToStaticMarkup } = await react();
    const { evaluate } = await load("@mdx-js/mdx");
    const options = { ...runtime, remarkPlugins: [await loadDefault("remark-gfm")] };
    return async (document) => renderToStaticMarkup(createElement((await evaluate(document, options)).default));
  },
  docusaurus: () => docusaurus("mdx", "mdx"),
  "docusaurus-md": () => docusaurus("md", "detect"),
  "remark-math": async () => remark([await loadDefault("remark-math")]),
  "github-sanitized": async () => remark([], [await loadDefault("rehype-sanitize")]),
  vscode: async () => {
    const MarkdownIt = await loadDefault("markdown-it-12");
    const katex = require("@vscode/markdown-it-katex").default;
    const converter = new MarkdownIt({ html: true, linkify: true }).use(katex, { globalGroup: true });
    // The formula itself, in place of KaTeX's drawing of it
    const formula = (kind) => (tokens, index) =>
      `<span class="math ${kind}">${converter.utils.escapeHtml(tokens[index].content)}</span>`;
    converter.renderer.rules.math_inline = formula("inline");
    for (const rule of ["math_inline_block", "math_block"]) converter.renderer.rules[rule] = formula("display");
    return (document) => converter.render(document);
  },
  vitepress: async () => {
    const { createMarkdownRenderer } = await load("vitepress");
    const { compileTemplate } = await load("vue/compiler-sfc");
    const Vue = await load("vue");
    const { renderToString } = await load("vue/server-renderer");
    const converter = await createMarkdownRenderer(modules);
    // What the browser draws, not what the server sends: they differ for a tag that is no component's
    const compilerOptions = { mode: "function", prefixIdentifiers: true };
    const settings = { filename: "page.md", id: "page", transformAssetUrls: false, compilerOptions };
    return (document) => {
      const html = converter.render(document, { path: "page.md", relativePath: "page.md", cleanUrls: false });
      const { code, errors } = compileTemplate({ ...settings, source: `<div>${html}</div>` });
      if (errors.length) throw errors[0];
      const page = Vue.createSSRApp({ render: new Function("Vue", code)(Vue) });
      page.config.warnHandler = () => {};
      return renderToString(page);
    };
  },
  "nuxt-mdc": async () => {
    const { parseMarkdown } = await loadFile("@nuxtjs/mdc/dist/runtime/index.js");
    const { toHtml } = await load("hast-util-to-html");
    const options = { remark: { plugins: { "remark-emoji": {} } } }; // the module's default
    // A binding, {{ x }}, shows its value, and a page by itself has none
    const toHast = ({ tag, props, children, ...node }) => {
      if (tag === "binding") return { type: "text", value: props.defaultValue ?? "" };
      return { ...node, tagName: tag, properties: props, children: children?.map(toHast) };
    };
    return async (document) => toHtml(toHast((await parseMarkdown(document, options)).body));
  },
  astro: async () => {
    const { createMarkdownProcessor, parseFrontmatter } = await load("@astrojs/markdown-remark");
    const processor = await createMarkdownProcessor();
    return async (document) => (await processor.render(parseFrontmatter(document).content)).code;
  },
  jupyterlab: async () => {
    globalThis.navigator ??= {}; // latex.js asks it for Internet Explorer
    const source = fs.readFileSync(path.join(modules, "@jupyterlab/rendermime/lib/latex.js"), "utf8");
    const { removeMath, replaceMath } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    const { Marked } = await load("marked");
    const { gfmHeadingId } = await load("marked-gfm-heading-id");
    const { mangle } = await load("marked-mangle");
    const converter = new Marked(gfmHeadingId(), mangle(), { gfm: true });
    return (document) => {
      const { text, math } = removeMath(document);
      return replaceMath(converter.parse(text), math);
    };
  },
};

const convert = await makers[renderer]();
const pages = [];
for (const document of documents) {
  try {
    pages.push(await convert(document));
  } catch (error) {
    pages.push({ error: String(error?.message ?? error).trim().split("\n")[0] });
  }
}
process.stdout.write(JSON.stringify(pages), () => process.exit());
