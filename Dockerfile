# syntax=docker/dockerfile:1
# Two images: `--target slim` for everything but films, the last one with what films need.

FROM node:22-trixie-slim AS console
WORKDIR /source
COPY console/package.json console/package-lock.json console/
RUN cd console && npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN cd console && npm run --silent build

FROM rust:1.95-slim-trixie AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends cmake g++ make perl pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
COPY --from=console /source/console/build console/build
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/source/target \
    GONGFANG_CONSOLE=required cargo build --locked --profile dist -p gongfang \
    && install -D target/dist/gongfang /out/gongfang

FROM debian:trixie-slim AS base
LABEL org.opencontainers.image.title="gongfang" \
      org.opencontainers.image.description="The whole back end of task-selling products" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin gongfang \
    && install -d -o gongfang -g gongfang -m 0700 /data
COPY --from=build /out/gongfang /usr/bin/gongfang
ENV GONGFANG_DATA=/data
VOLUME /data
EXPOSE 5000 8000 8080
USER 10001:10001
WORKDIR /data
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s CMD ["/usr/bin/gongfang", "health"]
ENTRYPOINT ["/usr/bin/gongfang"]
CMD ["serve"]

FROM base AS slim

FROM base AS full
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ffmpeg espeak-ng fonts-noto-cjk fonts-noto-core \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001
