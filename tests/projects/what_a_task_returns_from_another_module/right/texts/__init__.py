from .summaries import summary
