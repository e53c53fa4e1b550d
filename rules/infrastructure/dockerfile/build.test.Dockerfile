FROM example/web:1
# expect: dockerfile-secret-as-argument
ARG NPM_TOKEN
# ok: dockerfile-secret-as-argument
ARG TOKEN_URL VERSION=1
RUN set -eux; \
    apt-get update; \
    # expect: dockerfile-script-from-network, dockerfile-sudo
    curl -fsSL https://get.example.com/install.sh | sudo -E bash -; \
    true
# expect: dockerfile-script-from-http
RUN sh -c "$(wget -qO- http://get.example.com/install.sh)"
# expect: dockerfile-script-from-network
RUN bash <(curl -s https://get.example.com/install.sh)
# ok: dockerfile-script-from-network, dockerfile-script-from-http
RUN curl -fsSL https://example.com/data.json | python3 -c 'import json, sys; json.load(sys.stdin)'
# expect: dockerfile-download-over-http
RUN wget http://downloads.example.com/tool.tar.gz && tar xf tool.tar.gz
# ok: dockerfile-download-over-http
RUN wget http://downloads.example.com/tool.tar.gz && sha256sum -c tool.sha256
# ok: dockerfile-download-over-http
RUN curl http://localhost:8080/health
# expect: dockerfile-add-from-network
ADD https://example.com/tool.tar.gz /opt/
# ok: dockerfile-add-from-network
ADD --checksum=sha256:00 https://example.com/tool.tar.gz /opt/
# expect: dockerfile-tls-unverified
RUN curl -sSkL https://example.com/tool -o tool
# ok: dockerfile-tls-unverified
RUN curl --keepalive-time 2 -o k https://example.com/tool
# expect: dockerfile-tls-unverified
RUN git config --global http.sslVerify false && \
    # expect: dockerfile-tls-unverified
    npm config set strict-ssl false
# expect: dockerfile-tls-off-at-run-time
ENV NODE_TLS_REJECT_UNAUTHORIZED 0
# ok: dockerfile-tls-off-at-run-time
ENV NODE_EXTRA_CA_CERTS=/etc/ca.pem
# expect: dockerfile-packages-unsigned
RUN apt-get install -y --allow-unauthenticated tool
# ok: dockerfile-packages-unsigned
RUN apt-get install -y --no-install-recommends tool
# expect: dockerfile-password-set
RUN echo 'root:changeit' | chpasswd
# ok: dockerfile-password-set
RUN echo "root:$ROOT_PASSWORD" | chpasswd && useradd -m -p '*' app
# expect: dockerfile-sudo-without-password
RUN echo "app ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers
# ok: dockerfile-sudo-without-password
RUN echo "app ALL=(ALL) ALL" >> /etc/sudoers
# expect: dockerfile-sudo
RUN sudo apt-get update
# ok: dockerfile-sudo
RUN apt-get purge -y sudo
# expect: dockerfile-world-writable
RUN chmod -R 777 /app
# ok: dockerfile-world-writable, dockerfile-set-user-id
RUN chmod 755 /app && chmod 1777 /data && chmod +x /run.sh
# expect: dockerfile-set-user-id
RUN ["chmod", "u+s", "/app/tool"]
# expect: dockerfile-ssh-host-unverified
RUN echo "StrictHostKeyChecking no" >> /etc/ssh/ssh_config
# ok: dockerfile-ssh-host-unverified
RUN ssh-keyscan example.com > known_hosts && ssh -o StrictHostKeyChecking=yes example.com
# expect: dockerfile-ssh-root-login
RUN sed -i 's/PermitRootLogin prohibit-password/PermitRootLogin yes/' /etc/ssh/sshd_config
# ok: dockerfile-ssh-root-login
RUN sed -i 's/PermitRootLogin yes/PermitRootLogin no/' /etc/ssh/sshd_config
# expect: dockerfile-credential-file-copied
COPY package.json .env /app/
# ok: dockerfile-credential-file-copied
COPY .env.example /app/
# expect: dockerfile-insecure-build-step
RUN --security=insecure mount -t tmpfs none /mnt
# expect: dockerfile-build-on-host-network
RUN --network=host make
# ok: dockerfile-insecure-build-step, dockerfile-build-on-host-network
RUN --mount=type=cache,target=/root/.cache --network=none make
# expect: dockerfile-second-package-index
RUN pip install --extra-index-url https://pypi.example.com/simple tool
# ok: dockerfile-second-package-index
RUN pip install --index-url https://pypi.example.com/simple tool
RUN <<SCRIPT
set -e
# expect: dockerfile-script-from-network
curl -fsSL https://get.example.com/install.sh | sh
SCRIPT
