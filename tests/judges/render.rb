# Standard input: {"documents": [...]}. Standard output: the pages, as a list. Liquid runs first, as in Jekyll.
require "json"
require "kramdown"
require "kramdown-parser-gfm"
require "liquid"

Encoding.default_external = "UTF-8"
Encoding.default_internal = "UTF-8"

# The defaults of Jekyll 4.3
OPTIONS = {
  auto_ids: true, toc_levels: (1..6).to_a, entity_output: :as_char, smart_quotes: "lsquo,rsquo,ldquo,rdquo",
  input: "GFM", hard_wrap: false, guess_lang: true, footnote_nr: 1, show_warnings: false,
  syntax_highlighter: nil, math_engine: :mathjax
}.freeze

pages = JSON.parse($stdin.read)["documents"].map do |document|
  text = Liquid::Template.parse(document).render!({})
  Kramdown::Document.new(text, OPTIONS.dup).to_html.dup.force_encoding("UTF-8").scrub("\uFFFD")
end
print JSON.generate(pages)
