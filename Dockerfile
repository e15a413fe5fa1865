# The image that deploy/kubernetes runs: the built package without what builds it.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
# Checkpoints and registry, where no file says otherwise: /app and the mounted configuration are not to be written to.
ENV HEADGATE_STATE=/var/lib/headgate
RUN mkdir -p /var/lib/headgate && chown node:node /var/lib/headgate
VOLUME /var/lib/headgate
WORKDIR /app
COPY --from=build --chown=node:node /app/package.json /app/LICENSE ./
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/dist ./dist
COPY --from=build --chown=node:node /app/schema ./schema
USER node
EXPOSE 4000 4400
# Newer versions of Node take more for the young generation; see gateway/decisions/0013.
ENTRYPOINT ["node", "--max-semi-space-size=16", "--single-threaded-gc", "dist/gateway/main.js"]
CMD ["serve", "--config", "/etc/headgate/headgate.yaml", "--host", "0.0.0.0"]
