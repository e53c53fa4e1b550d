# expect: dockerfile-image-not-fixed, dockerfile-image-out-of-support
FROM centos AS old
USER app
# expect: dockerfile-image-out-of-support
FROM --platform=linux/amd64 docker.io/library/python:3.6-slim AS snake
# ok: dockerfile-admin-port
EXPOSE 22
ARG VERSION=16
# expect: dockerfile-image-not-fixed
FROM debian:latest AS recent
# ok: dockerfile-image-not-fixed
FROM registry.example.com:5000/web@sha256:0000000000000000000000000000000000000000000000000000000000000000 AS pinned
# ok: dockerfile-image-not-fixed, dockerfile-user-missing
FROM recent AS child
# ok: dockerfile-image-out-of-support
FROM python:3.13-slim
# expect: dockerfile-debug-mode
ENV FLASK_ENV=development
EXPOSE 443 \
    # expect: dockerfile-admin-port
    22/tcp
# expect: dockerfile-user-root
USER root
# expect: dockerfile-notebook-without-login
ENTRYPOINT ["jupyter", "lab", "--ServerApp.token=''"]
# expect: dockerfile-debugger-open
CMD ["node", "--inspect=0.0.0.0:9229", "server.js"]
