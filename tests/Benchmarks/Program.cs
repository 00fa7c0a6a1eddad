using BenchmarkDotNet.Running;
using SsdForecast.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(StepBenchmarks).Assembly).Run(args);
