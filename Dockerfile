# latentdemo for any host that runs containers; see docs/hosting.md.
FROM python:3.11-slim
RUN useradd --create-home --uid 1000 visitor
WORKDIR /app
COPY requirements.txt .
# torch first, as PyTorch's small build for processors: the requirement of the same version is met by it
RUN pip install --no-cache-dir "$(grep '^torch==' requirements.txt)" --index-url https://download.pytorch.org/whl/cpu \
    && pip install --no-cache-dir -r requirements.txt
COPY app.py ./
COPY latentdemo latentdemo
COPY checkpoints checkpoints
COPY lessons lessons
USER visitor
ENV GRADIO_TEMP_DIR=/tmp/latentdemo PYTHONDONTWRITEBYTECODE=1
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/health', timeout=4)"]
CMD ["python", "app.py", "--host", "0.0.0.0", "--port", "7860"]
