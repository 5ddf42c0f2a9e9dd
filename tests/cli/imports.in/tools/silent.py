from crew import team

team.everybody()  # mplint: ignore[MP001] a tool for Linux
