import { type ComponentChild, h } from "preact";

/** What a chat's message may be made of; everything else is shown as the text that it holds. */
const TAGS: ReadonlySet<string> = new Set(
  "b i s u em strong code pre p span div blockquote ul ol li hr br h3 h4 h5 time".split(" "),
);

interface Policy {
  createHTML(text: string): never;
}
interface Factory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): Policy;
}

// The browser takes no text for HTML on this page but through this one door, and a document that is only parsed runs
// nothing and loads nothing.
const types = (window as unknown as { readonly trustedTypes?: Factory }).trustedTypes;
const policy = types?.createPolicy("countersign-chat", { createHTML: (text) => text });

/** HTML that holds text of strangers, as elements that can do nothing: no link leads anywhere, no style, no picture. */
export function harmless(html: string): ComponentChild {
  const source = policy === undefined ? html : policy.createHTML(html);
  return childrenOf(new DOMParser().parseFromString(source, "text/html").body);
}

function childrenOf(node: Node): ComponentChild[] {
  return [...node.childNodes].map((child) => {
    if (child.nodeType === Node.TEXT_NODE) return child.textContent;
    if (!(child instanceof Element)) return null;
    const tag = child.localName;
    if (tag === "a")
      return h("span", { class: "address-link", title: child.getAttribute("href") ?? "" }, childrenOf(child));
    if (tag === "script" || tag === "style") return null;
    if (!TAGS.has(tag)) return childrenOf(child);
    return h(
      tag,
      { class: child.getAttribute("class") ?? undefined },
      tag === "hr" || tag === "br" ? null : childrenOf(child),
    );
  });
}
