/** A `style` attribute in the tags of an HTML text; Monaco escapes `<` and `>` of the text between them. */
const STYLE_ATTRIBUTE = /(<[a-z][^<>]*?\s)style="/gi;
const SET_ASIDE = 'data-style';

/**
 * The policy refuses `style` attributes that come in an HTML text, which is how Monaco places every line; it does not
 * refuse the same declarations set by script. So they are set aside in the text and applied once they are parsed.
 */
export function allowStyleAttributes(): void {
  const innerHtml = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
  const setInnerHtml = innerHtml?.set;
  if (innerHtml === undefined || setInnerHtml === undefined) return;
  Object.defineProperty(Element.prototype, 'innerHTML', {
    ...innerHtml,
    set(this: Element, value: unknown) {
      setInnerHtml.call(this, setAside(value));
      applyStyles(this);
    },
  });

  const { insertAdjacentHTML } = Element.prototype;
  Element.prototype.insertAdjacentHTML = function (this: Element, position: InsertPosition, text: string) {
    insertAdjacentHTML.call(this, position, setAside(text));
    applyStyles(position === 'beforebegin' || position === 'afterend' ? this.parentElement : this);
  };
}

/** Monaco hands over strings or TrustedHTML; null means empty. */
function setAside(html: unknown): string {
  return html === null ? '' : String(html).replace(STYLE_ATTRIBUTE, `$1${SET_ASIDE}="`);
}

function applyStyles(parent: Element | null): void {
  for (const element of parent?.querySelectorAll<HTMLElement>(`[${SET_ASIDE}]`) ?? []) {
    element.style.cssText = element.getAttribute(SET_ASIDE) ?? '';
    element.removeAttribute(SET_ASIDE);
  }
}
