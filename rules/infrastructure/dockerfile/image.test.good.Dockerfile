ARG VERSION=22
# ok: dockerfile-image-not-fixed, dockerfile-image-out-of-support
FROM node:${VERSION}-slim AS build
USER root
# ok: dockerfile-image-not-fixed
FROM scratch AS none
# ok: dockerfile-user-missing, dockerfile-image-not-fixed
FROM build
ENV FLASK_ENV=production
# ok: dockerfile-admin-port
EXPOSE 8080
# ok: dockerfile-user-root
USER 1000:1000
# ok: dockerfile-debugger-open, dockerfile-notebook-without-login, dockerfile-debug-mode
CMD node --inspect=127.0.0.1 server.js
