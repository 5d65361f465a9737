FROM python:3.11-slim-bookworm
WORKDIR /opt/geotwin
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY twin twin
COPY plant_models plant_models
COPY scenarios scenarios
COPY hil hil
RUN python -m pip install --no-cache-dir -c constraints.txt . \
    && useradd --create-home geotwin
USER geotwin
WORKDIR /home/geotwin
ENTRYPOINT ["geotwin"]
CMD ["list", "plants"]
