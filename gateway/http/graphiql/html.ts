import type { Manifest } from './asset-files';

const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>" +
  "<rect width='16' height='16' rx='3' fill='%23364159'/><path d='M4 12V4M12 12V4M4 8h8' stroke='white' stroke-width='2'/></svg>";

/**
 * The GraphiQL page.
 * @param base where the assets are, relative to the page, ending in a slash
 * @param nonce of this one answer
 * @param defaultQuery for the first tab; empty: the page has its own
 */
export function graphiqlHtml(manifest: Manifest, base: string, nonce: string, defaultQuery = ''): string {
  const { workers } = manifest;
  return `<!doctype html>
<html lang="en" data-worker-editor="${base}${workers.editor}" data-worker-json="${base}${workers.json}" data-worker-graphql="${base}${workers.graphql}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="csp-nonce" nonce="${nonce}">
<title>Headgate</title>
<link rel="icon" href="${ICON}">
${manifest.styles.map((file) => `<link rel="stylesheet" href="${base}${file}">`).join('\n')}
${manifest.preload.map((file) => `<link rel="modulepreload" href="${base}${file}">`).join('\n')}
${manifest.scripts.map((file) => `<script type="module" src="${base}${file}"></script>`).join('\n')}
</head>
<body>
<div id="headgate" data-default-query="${attribute(defaultQuery)}"></div>
<noscript>GraphiQL needs JavaScript. The GraphQL endpoint itself answers POST requests at this address.</noscript>
</body>
</html>
`;
}

/** A text as the value of an attribute in double quotes. */
function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** Shown in place of GraphiQL when its files are missing. */
export const NOT_BUILT_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Headgate</title>
<link rel="icon" href="${ICON}">
</head>
<body>
<h1>GraphiQL is not built</h1>
<p>Its files are missing from dist/graphiql. Build them with <code>npm run build:graphiql</code> and load this page again.</p>
<p>The GraphQL endpoint itself works: it answers POST requests at this address.</p>
</body>
</html>
`;

/** Makes the policy of the page: only our own files, no inline script, no eval, no blob:; `style` elements only with the nonce. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
