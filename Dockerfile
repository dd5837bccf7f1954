# syntax=docker/dockerfile:1
ARG NODE_VERSION=24

FROM docker.io/library/node:${NODE_VERSION}-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: prepare would build before the sources exist, and the dev dependency "node" would download a second Node.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
# The build starts the program once, to record V8's code cache.
COPY fixtures ./fixtures
RUN npm run build && rm -f dist/*.js dist/.tsbuildinfo && find dist -name "*.d.ts" -delete
# The program is bundled, except for packages that read files of their own: copy these files.
RUN for file in better-sqlite3/package.json better-sqlite3/lib better-sqlite3/prebuilds/linux-$(node -p process.arch).node \
      wasm-media-encoders/package.json wasm-media-encoders/wasm; do \
    mkdir -p "runtime/$(dirname "$file")" && cp -r "node_modules/$file" "runtime/$file"; done

FROM docker.io/library/node:${NODE_VERSION}-bookworm-slim
LABEL org.opencontainers.image.title="twilio-recordings-emulator" \
  org.opencontainers.image.description="An offline emulator of Twilio's Recordings API that keeps state" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
  EMULATOR_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/runtime ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY fixtures ./fixtures
# A platform such as OpenShift runs the image as any user of group 0.
RUN mkdir data && chown 1000:0 data && chmod g=u data
# A number, so that a platform that forbids root can check it.
USER 1000:0
VOLUME /app/data
EXPOSE 2010
# Without a start period, the first check comes after two seconds; retries allow two minutes of failures instead.
# --start-interval would be clearer, but not every builder supports it; compose.yaml has it.
HEALTHCHECK --interval=2s --timeout=5s --retries=60 \
  CMD ["node", "/app/dist/main.cjs", "health"]
ENTRYPOINT ["node", "/app/dist/main.cjs"]
