ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE}
WORKDIR /opt/geotwin
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN python -m pip install --no-cache-dir --require-hashes -r constraints.txt
COPY geotwin.py ./
COPY twin twin
COPY plant_models plant_models
COPY scenarios scenarios
COPY hil hil
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --create-home --uid 1000 geotwin \
    && install -d -m 700 -o geotwin -g geotwin /home/geotwin/.cache /home/geotwin/runs
USER geotwin
WORKDIR /home/geotwin
# The kernels, compiled here: the first run of a container takes seconds (on a machine of another kind it compiles anew).
RUN geotwin serve office --for 1
ENTRYPOINT ["geotwin"]
CMD ["list", "plants"]
