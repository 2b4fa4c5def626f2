# Standard input: {"documents": [...]}. Standard output: the pages, as a list.
require "json"
require "redcarpet"

Encoding.default_external = "UTF-8"
Encoding.default_internal = "UTF-8"

OPTIONS = %i[tables autolink strikethrough fenced_code_blocks no_intra_emphasis].to_h { |name| [name, true] }.freeze

pages = JSON.parse($stdin.read)["documents"].map do |document|
  page = Redcarpet::Markdown.new(Redcarpet::Render::HTML, OPTIONS).render(document)
  page.dup.force_encoding("UTF-8").scrub("\uFFFD")
end
print JSON.generate(pages)
