# holter in a container: docs/installation.md has the line that runs it.
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY tools/bootstrap.sh tools/packages.txt tools/
RUN tools/bootstrap.sh
COPY . .
RUN make package

FROM debian:bookworm-slim
COPY --from=build /src/build/release/package/holter_*.deb /tmp/
# The package makes the user, and gives the broker its capability. The container has the directories of the service.
RUN apt-get update \
 && apt-get install -y --no-install-recommends /tmp/holter_*.deb \
 && rm -rf /tmp/holter_*.deb /var/lib/apt/lists/* \
 && install -d -o holter -g holter -m 0750 /run/holter
ENV XDG_DATA_HOME=/var/lib XDG_RUNTIME_DIR=/run
USER holter
VOLUME /var/lib/holter
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD holter status >/dev/null || exit 1
ENTRYPOINT ["holter"]
CMD ["run"]
