/** The editor's colours and sizes, all from the theme of the page, so that light and dark follow it by themselves. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language"
import { EditorView } from "@codemirror/view"
import { tags } from "@lezer/highlight"

const text = "var(--st-text-color)"
const field = "var(--st-secondary-background-color)"
const page = "var(--st-background-color)"
const border = "1px solid var(--st-border-color)"
const underline = (colour) => ({
  backgroundImage: "none",
  paddingBottom: "0",
  textDecoration: `underline wavy ${colour}`,
  textDecorationSkipInk: "none",
  textUnderlineOffset: "3px",
})

const theme = EditorView.theme({
  "&": { color: text, backgroundColor: field, border, borderRadius: "0.4rem", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "2px solid var(--st-primary-color)", outlineOffset: "-1px" },
  ".cm-scroller": { fontFamily: "var(--st-code-font, monospace)", lineHeight: "1.55", maxHeight: "420px" },
  ".cm-content": { padding: "0.6rem 0", caretColor: text },
  ".cm-line": { padding: "0 2rem 0 0.75rem", overflowWrap: "anywhere" },
  ".cm-placeholder": { color: "var(--st-gray-text-color, currentColor)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: `1px solid var(--st-border-color)` },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent" },
  ".cm-unseen": { fontSize: "0.75em", padding: "0 0.2em", color: "var(--st-orange-text-color)", border: "1px solid currentColor" },
  ".cm-lintRange-error": underline("var(--st-red-text-color)"),
  ".cm-lintRange-warning": underline("var(--st-orange-text-color)"),
  ".cm-lintRange-info": underline("var(--st-blue-text-color)"),
  ".cm-lintRange-active": { backgroundColor: "transparent" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--st-red-text-color)" },
  ".cm-tooltip": { color: text, backgroundColor: page, border, borderRadius: "0.4rem", boxShadow: "0 4px 14px #0003" },
  ".cm-diagnostic": { borderLeft: "none", padding: "0.35rem 0.6rem", maxWidth: "32rem", whiteSpace: "normal" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--st-code-font, monospace)", fontSize: "0.8125rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.6rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "#fff", backgroundColor: "var(--st-primary-color)" },
  ".cm-completionDetail": { fontStyle: "normal", marginLeft: "1rem", color: "var(--st-gray-text-color, inherit)" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "#fff" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { fontFamily: "var(--st-font, sans-serif)", fontSize: "0.8125rem", maxWidth: "20rem" },
})

const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--st-blue-text-color)" },
  { tag: tags.string, color: "var(--st-green-text-color)" },
  { tag: tags.number, color: "var(--st-violet-text-color)" },
  { tag: [tags.bool, tags.null], color: "var(--st-orange-text-color)" },
])

export const look = [theme, syntaxHighlighting(highlight)]
