/**
 * The policy admits a `style` element only with the page's nonce. Monaco and Radix create theirs without one,
 * so every created `style` element gets it.
 */
export function allowStyleElements(page: Document): void {
  const nonce = page.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce ?? '';
  const createElement = page.createElement.bind(page);
  page.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = createElement(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}
