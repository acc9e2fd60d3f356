# One image for every role: `docker run tocsin --role ingest`. It is meant to stand beside servers, as docker-compose.yml has
# it; without settings it runs every role on stores of its own in its volume.

FROM node:20-bookworm-slim AS base
WORKDIR /opt/tocsin
ENV NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false

# `npm install` keeps to the lock. `npm ci` refuses it: the lock names chdb's engine for Linux on x64 alone, and `ci` wants
# those of all platforms in it.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm install --omit=dev --ignore-scripts

FROM base AS build
COPY package.json package-lock.json ./
RUN npm install --ignore-scripts
COPY . .
RUN npm run build

FROM base
ENV NODE_ENV=production \
    TOCSIN_DATA_DIR=/var/lib/tocsin \
    TOCSIN_GATEWAY_HOST=0.0.0.0 \
    TOCSIN_INGEST_HOST=0.0.0.0
COPY --from=dependencies /opt/tocsin/node_modules ./node_modules
COPY --from=build /opt/tocsin/dist ./dist
COPY package.json tocsin.cjs ./
COPY sql ./sql
COPY prisma/migrations ./prisma/migrations
COPY deploy/healthcheck.mjs ./deploy/healthcheck.mjs
# The first credentials are written here. A volume takes over the owner.
RUN install -d -o node -g node -m 0700 /var/lib/tocsin
VOLUME /var/lib/tocsin
USER node
EXPOSE 4000 4318
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/healthcheck.mjs", "all"]
ENTRYPOINT ["node", "tocsin.cjs"]
