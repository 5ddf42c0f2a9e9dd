from crew import team

team.everybody()
