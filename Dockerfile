# docker build -t robo-ddpg . && docker run --rm -v "$PWD:/work" robo-ddpg record reach
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends libegl1 libgl1 libgl1-mesa-dri \
    && rm -rf /var/lib/apt/lists/*

COPY . /src
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
        -c /src/constraints.txt "/src[train]" \
    && rm -rf /src

WORKDIR /work
ENTRYPOINT ["robo-ddpg"]
