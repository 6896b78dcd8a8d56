#include "report/html_page.h"

#include <fmt/format.h>

#include "report/packed_numbers.h"

namespace pericore::report {
namespace {

std::string replaced(std::string_view text, std::string_view characters, auto&& substitute) {
  std::string result;
  result.reserve(text.size() + text.size() / 16);
  for (const char character : text) {
    if (characters.find(character) == std::string_view::npos)
      result += character;
    else
      result += substitute(character);
  }
  return result;
}

/// Text that a browser keeps but neither shows nor runs.
std::string data_block(std::string_view id, std::string_view type, std::string_view text) {
  return fmt::format("<script id=\"{}\" type=\"{}\">{}</script>\n", id, type, text);
}

std::string content_policy(const PageAssets& assets) {
  return fmt::format(
      "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data: blob:; base-uri 'none'; "
      "form-action 'none'",
      assets.script_hash, assets.style_hash);
}

}  // namespace

std::string json_for_html(std::string_view json) {
  // Inside JSON '<' occurs in strings alone, where its escape means the same.
  return replaced(json, "<", [](char) { return "\\u003c"; });
}

std::string escaped_html(std::string_view text) {
  return replaced(text, "&<>\"", [](char character) {
    switch (character) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      default:
        return "&quot;";
    }
  });
}

std::string html_page(const PageAssets& assets, std::string_view title, const PageData& data,
                      std::string_view boundaries) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"generator\" content=\"pericore\">\n<title>{}</title>\n",
      content_policy(assets), escaped_html(title));
  page += fmt::format("<style>{}</style>\n</head>\n<body>\n", assets.style);
  page += fmt::format(
      "<main id=\"page\"><h1>{}</h1>\n<noscript><p>This page draws its maps and tables with JavaScript, which is "
      "switched "
      "off.</p></noscript></main>\n",
      escaped_html(title));
  page += data_block("header", "application/json", json_for_html(data.header));
  page += data_block("boundaries", "text/plain", packed_text(boundaries));
  page += data_block("numbers", "text/plain", data.numbers);
  page += data_block("licences", "text/plain", packed_text(assets.licences));
  page += fmt::format("<script>{}</script>\n</body>\n</html>\n", assets.script);
  return page;
}

}  // namespace pericore::report
