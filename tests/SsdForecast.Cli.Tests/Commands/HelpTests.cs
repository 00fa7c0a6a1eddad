namespace SsdForecast.Cli.Tests.Commands;

public class HelpTests
{
    public static TheoryData<string> Verbs => ["fit", "forecast", "backtest", "report", "stream", "demo", "datasets", "doctor", "verify", "inspect", "benchmark", "bundle"];

    [Fact]
    public void Help_names_every_verb_and_fits_a_terminal()
    {
        var help = Cli.Good("--help");
        foreach (var verb in Verbs) Assert.Contains($"\n  {verb} ", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 110, line));
        Assert.Equal(help, Cli.Good());
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_of_a_verb_shows_usage_and_an_example_and_fits_a_terminal(string verb)
    {
        var help = Cli.Good(verb, "--help");
        Assert.StartsWith($"ssdf {verb}: ", help, StringComparison.Ordinal);
        Assert.Contains("\nUsage\n", help, StringComparison.Ordinal);
        Assert.Contains("\nExamples\n", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 110, line));
    }

    [Theory]
    [InlineData("datasets", "get")]
    [InlineData("benchmark", "ssd")]
    [InlineData("benchmark", "ltsf")]
    public void Help_of_what_is_below_a_verb_says_how_it_is_called(string verb, string what)
        => Assert.Contains($"ssdf {verb} {what}", Cli.Good(verb, what, "--help"), StringComparison.Ordinal);

    [Fact]
    public void Help_of_fit_says_what_must_be_given()
    {
        var usage = Cli.Good("fit", "--help").Split("\nUsage\n")[1].Split("\n\n")[0];
        Assert.Contains("INPUT.csv --horizon N --out DIR", usage, StringComparison.Ordinal);
        Assert.Contains("INPUT.yaml", usage, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_of_a_verb_with_defaults_of_its_own_tells_those()
    {
        var help = Cli.Good("benchmark", "ltsf", "--help");
        Assert.Matches(@"\n  --kind causal\|direct [^[]*\[direct\]", help);
        Assert.Matches(@"\n  --quantiles Q,Q [^[]*\[none\]", help);
        Assert.Matches(@"\n  --split RULE [^[]*\[ltsf\]", help);
    }

    [Fact]
    public void Every_option_in_an_example_exists()
    {
        foreach (var verb in Verbs)
        {
            var examples = Cli.Good(verb, "--help").Split("\nExamples\n")[1].Split("\n\n")[0].Split('\n').Where(l => l.StartsWith("  ssdf ", StringComparison.Ordinal));
            foreach (var words in examples.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                string[] called = words[1] is "datasets" or "benchmark" ? [words[1], words[2]] : [words[1]];
                var help = Cli.Good([.. called, "--help"]);
                foreach (var option in words.Where(w => w.StartsWith("--", StringComparison.Ordinal))) Assert.Matches($"\n  {option}( |\n)", help);
            }
        }
    }
}
