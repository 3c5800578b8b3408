# Two stages: build a static program, then put it where there is nothing else,
# no shell included. Both base images can be replaced, for a registry of your
# own: --build-arg BUILD_IMAGE=... --build-arg RUN_IMAGE=...
ARG BUILD_IMAGE=golang:1.26
ARG RUN_IMAGE=gcr.io/distroless/static-debian13:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY config config
COPY faq faq
COPY bot bot
# What bot --version says: --build-arg VERSION=v1.2.3 --build-arg COMMIT=$(git rev-parse --short HEAD)
ARG VERSION=
ARG COMMIT=
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=${VERSION} -X main.commit=${COMMIT}" -o /out/bot ./bot \
 && mkdir -p /out/data

FROM ${RUN_IMAGE}
COPY --from=build /out/bot /bot
# Everything the bot writes goes here; mount a volume to keep it.
COPY --from=build --chown=65532:65532 /out/data /data
WORKDIR /data
USER 65532:65532
# The program runs; whether it is connected says: /bot health --ready
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["/bot", "health"]
ENTRYPOINT ["/bot"]
CMD ["run"]
