// Bundles the page and writes it as a C++ source. usage: node build.mjs NODE_MODULES OUTPUT.cpp
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [modules, output] = process.argv.slice(2).map((path) => resolve(path));
const folder = dirname(fileURLToPath(import.meta.url));
// The packages lie in the build folder, where Node.js does not look by itself.
const load = async (name) => import(pathToFileURL(createRequire(join(modules, "x.js")).resolve(name)));
const esbuild = await load("esbuild");
const { default: mapshaper } = await load("mapshaper");
const { makeBoundaries } = await import("./boundaries.mjs");

async function bundle(entry, options = {}) {
  const result = await esbuild.build({
    entryPoints: [join(folder, "src", entry)], nodePaths: [modules], bundle: true, minify: true, write: false, metafile: true,
    target: ["es2020", "chrome90", "firefox113", "safari16.4"], legalComments: "none", charset: "utf8", logLevel: "warning", ...options,
  });
  return { text: result.outputFiles[0].text.trimEnd(), inputs: Object.keys(result.metafile.inputs) };
}

/** Folders of the packages that some files belong to. */
function packagesOf(inputs) {
  const names = inputs.map((input) => relative(modules, resolve(input))).filter((path) => !path.startsWith(".."))
    .map((path) => path.split(sep).slice(0, path.startsWith("@") ? 2 : 1).join("/"));
  return [...new Set(names)].sort();
}

function licenceOf(name) {
  const facts = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  const files = readdirSync(join(modules, name), { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|notice|copying)/i.test(entry.name)).map((entry) => entry.name).sort();
  const texts = files.map((file) => readFileSync(join(modules, name, file), "utf8").trim());
  if (texts.length === 0) texts.push(`Licence: ${facts.license}`);
  return { name: `${name} ${facts.version} (${facts.license})`, text: texts.join("\n\n") };
}

/** Packages with the same text stand together. */
function licences(names) {
  const byText = new Map();
  for (const name of names) {
    const { name: title, text } = licenceOf(name);
    byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  return [...byText].map(([text, titles]) => `${titles.join(", ")}\n\n${text}`).join(`\n\n${"-".repeat(80)}\n\n`);
}

const sha256 = (text) => createHash("sha256").update(text, "utf8").digest("base64");

/** A string literal: bytes beyond printable ASCII as octal escapes, lines of a length that editors bear. */
function literal(text) {
  const lines = [];
  let line = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const isPlain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 && byte !== 63;
    line += isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
    if (line.length > 4000) { lines.push(`"${line}"`); line = ""; }
  }
  return [...lines, `"${line}"`].join("\n");
}

const script = await bundle("main.js", { format: "iife" });
const style = await bundle("page.css");
const boundaries = JSON.stringify(await makeBoundaries(modules, mapshaper));
for (const [what, text] of [["script", script.text], ["style", style.text]]) {
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`the ${what} holds what would end its element`);
}
if (boundaries.length > 350e3) throw new Error(`the boundaries take ${boundaries.length} bytes`);

const parts = {
  script: script.text, style: style.text, script_hash: sha256(script.text), style_hash: sha256(style.text), boundaries,
  licences: licences([...packagesOf(script.inputs), "echarts"]),
};
const code = `#include "report/page_assets.h"

namespace pericore::report {
namespace {
${Object.entries(parts).map(([name, text]) => `constexpr std::string_view ${name}(\n${literal(text)},\n${Buffer.byteLength(text)});`).join("\n")}
}  // namespace

const PageAssets& page_assets() {
  static const PageAssets assets{${Object.keys(parts).map((name) => `.${name} = ${name}`).join(", ")}, .missing_reason = ""};
  return assets;
}

}  // namespace pericore::report
`;
writeFileSync(output, code);
