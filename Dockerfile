# syntax=docker/dockerfile:1
ARG NODE_VERSION=22

# The full image has the compilers that the native module falls back on where no prebuilt binary can be had.
FROM docker.io/library/node:${NODE_VERSION}-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
# The build starts the program once, to note what a start compiles.
COPY fixtures ./fixtures
RUN npm run build && npm prune --omit=dev \
  # What only compiling the native module needs.
  && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src node_modules/better-sqlite3/build/Release/obj \
    node_modules/better-sqlite3/build/Release/test_extension.node dist/.tsbuildinfo \
  && mkdir data

FROM docker.io/library/node:${NODE_VERSION}-bookworm-slim
LABEL org.opencontainers.image.title="twilio-recordings-emulator" \
  org.opencontainers.image.description="An offline emulator of Twilio's Recordings API that keeps state" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
  EMULATOR_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY fixtures ./fixtures
# By number, so that a platform that forbids the superuser can tell.
COPY --from=build --chown=1000:1000 /app/data ./data
USER 1000:1000
VOLUME /app/data
EXPOSE 2010
# No start period, so that the first check comes after two seconds and not after an engine's own, longer start interval; a
# two minutes' failures are forgiven instead. --start-interval would say this better, but not every builder takes it;
# compose.yaml has it.
HEALTHCHECK --interval=2s --timeout=5s --retries=60 \
  CMD ["node", "/app/dist/main.cjs", "health"]
ENTRYPOINT ["node", "/app/dist/main.cjs"]
