/** The page of the reference: three small files around Swagger UI, with nothing inline, as the content security asks. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Muster: API reference</title>
<link rel="icon" type="image/png" href="/api/docs/assets/favicon-32x32.png" sizes="32x32">
<link rel="stylesheet" href="/api/docs/assets/swagger-ui.css">
<link rel="stylesheet" href="/api/docs/page.css">
</head>
<body>
<header>
<strong>Muster</strong>
<nav><a href="/openapi.json">openapi.json</a> <a href="/asyncapi.json">asyncapi.json</a> <a href="/console">Console</a></nav>
</header>
<main id="reference"><noscript>The reference needs JavaScript; openapi.json does not.</noscript></main>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script>
<script src="/api/docs/page.js"></script>
</body>
</html>
`;

/** Without a validator: it'd be somebody else's server. */
export const SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

export const STYLE = `html { overflow-y: scroll; }
body { margin: 0; background: #fff; font-family: system-ui, sans-serif; }
header { display: flex; gap: 1.5rem; align-items: baseline; padding: 0.75rem 1.25rem; background: #10231d; color: #fff; }
header a { margin-right: 1rem; color: #9fe0c3; }
noscript { display: block; padding: 1.25rem; }
.swagger-ui .information-container .info { margin: 1.5rem 0; }
`;
