"""An agent that asks a model, runs a tool and asks again, written with
"langgraph" or "openai-agents" and instrumented by OpenInference. A second run
of it fails in the tool. Nothing else in it knows of tracing."""

import asyncio
import json
import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

QUESTION = "Is it raining in Oslo?"
MODEL = "gpt-4o-mini"

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)


def forecast(city: str) -> str:
    """The weather of a city."""
    if failing:
        raise ValueError(f"no station in {city}")
    return f"{city}: sunny, 21 degrees"


def langgraph():
    from langchain_core.tools import tool
    from langchain_openai import ChatOpenAI
    from langgraph.graph import MessagesState, StateGraph
    from langgraph.prebuilt import ToolNode, tools_condition
    from openinference.instrumentation.langchain import LangChainInstrumentor

    LangChainInstrumentor().instrument(tracer_provider=provider)
    tools = [tool("weather", forecast)]
    model = ChatOpenAI(model=MODEL, max_retries=0).bind_tools(tools)
    graph = StateGraph(MessagesState)
    graph.add_node("agent", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode(tools))
    graph.set_entry_point("agent")
    graph.add_conditional_edges("agent", tools_condition)
    graph.add_edge("tools", "agent")
    agent = graph.compile()
    return lambda: agent.invoke({"messages": [("user", QUESTION)]})["messages"][-1].content


def openai_agents():
    from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool
    from openai import AsyncOpenAI
    from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

    # In place of the processor that sends traces to OpenAI.
    OpenAIAgentsInstrumentor().instrument(tracer_provider=provider, exclusive_processor=True)
    weather = function_tool(forecast, name_override="weather", failure_error_function=None)

    async def run():
        # A client belongs to the event loop that it was made in.
        model = OpenAIChatCompletionsModel(MODEL, AsyncOpenAI(max_retries=0))
        agent = Agent(name="Weather agent", instructions="You know the weather.", tools=[weather], model=model)
        return (await Runner.run(agent, QUESTION)).final_output

    return lambda: asyncio.run(run())


ask = {"langgraph": langgraph, "openai-agents": openai_agents}[sys.argv[1]]()
told = {}
for run in ("fine", "failing"):
    failing = run == "failing"
    try:
        with trace.get_tracer("test").start_as_current_span(run) as span:
            told[run] = f"{span.get_span_context().trace_id:032x}"
            answer = ask()
    except Exception as e:
        assert failing and "no station in Oslo" in str(e), e
    else:
        assert not failing and answer == "Pangolins are scaly.", answer
provider.shutdown()
print(json.dumps(told))
